"""Replicas: several processes of `analects run` that share a PostgreSQL, a Slack and a Discord. They are killed and started again.

`python -m tests.replicas --minutes 5` is the long test; `test_replicas.py` is the short one.
"""
