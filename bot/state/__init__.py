"""The state, which is kept across restarts: claimed events and digests. Only ids and times, no texts and no names.

An event goes claimed → posting → done. The claim is made before work starts, by one atomic insert, and is a lease of a minute.
When a lease ends, an event that was only claimed is answered by the next process that receives it. One that was being posted is
first looked up on the platform; if that fails, it is not posted again. What is done stays done.

`claims` and `digest_store` hold the types. The package `database` implements them in a database, `memory_claims` without one.
`fallback` keeps working in memory while the database is unavailable, and copies the claims into it afterwards.
`confirmed` remembers the settings that the bot has confirmed to people, in case the file is lost.
"""
