"""Work spread over the machines of a Ray cluster: who is asked, and what comes back.

In reading order: `connection` finds a cluster and the machines in it, and refuses those with
another version of this package; `spreading` hands out pieces of work, and gives what became of
them; `worker` is what runs there. Nothing here knows what the work is.

Ray is an extra, and is imported when a cluster is asked for. Each piece of work is a Ray task of
one processor: when its worker or its machine dies, Ray runs it again elsewhere.
"""

from __future__ import annotations

from kerazoo.cluster.connection import Cluster, check_ray, connected
from kerazoo.cluster.spreading import Lost, spread

__all__ = ["Cluster", "Lost", "check_ray", "connected", "spread"]
