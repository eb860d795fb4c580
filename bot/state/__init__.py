"""What outlives the process: claimed events and digests. Only ids and times, no texts and no names.

An event goes claimed → posting → done. The claim is made before work starts, by one atomic insert, and is a lease of a minute.
When a lease runs out, an event that was only claimed is worked on again by the next process that hears of it; one that was being
posted is first looked up on the platform, and left alone if that cannot be told; what is done stays done.

`claims` and `digest_store` hold the types. `claim_tables` and `database_digests` (with `digest_tables`) implement them in a
database, `memory_claims` without one. `database` opens a database (`sqlite`, `postgres`, with `migrations` by Alembic). `fallback`
combines them: it keeps working in memory while the database is unavailable, and tells it afterwards. `confirmed` remembers
the settings that people were told are stored, in case the file is lost.
"""
