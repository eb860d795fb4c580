"""Replicas: several `analects run` on one PostgreSQL and the same Slack and Discord, killed and started again.

`python -m tests.replicas --minutes 5` runs for long, tests/replicas/test_replicas.py for a short time.
"""
