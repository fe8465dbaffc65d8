"""A package of a user, whose inner module holds a setting."""

from tests.engine.settings_of_a_user import inner

__all__ = ["inner"]
