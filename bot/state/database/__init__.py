"""The state in SQLite or PostgreSQL. It may not know what works in memory while the database is unavailable (`bot.state.fallback`).

`engine` opens a database (`sqlite`, `postgres`). `tables` declares its tables, and `schema` creates or migrates them
(`bot.state.migrations`, by Alembic). The other modules read and write them, one for each kind of what is kept.
"""
