"""Replicas: several `analects run` on one PostgreSQL and the same Slack and Discord, killed and started again.

`python -m tests.replicas --minutes 5` is the long way of it; tests/replicas/test_replicas.py the short one.
"""
