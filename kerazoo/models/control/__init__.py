"""Networks that act: they learn what to do from the rewards that they get for it.

In reading order: `policy_gradient.py` does more often what was followed by more than usual;
`actor_critic.py` has a second network tell what is usual; `ppo.py` takes many steps of bounded size
on the same experience; `dqn.py` learns what each action is worth. `_agent.py` acts, `_policies.py`
holds the updates of the first three, `_action_values.py` that of the last.
"""
