"""What outlives the process: which events were claimed. Ids and times only, no texts, no names.

A claim goes claimed → posting → done (fault 3 of the fault list). It is made before work starts, by one atomic insert, and is
a lease of a minute: what was only claimed when its lease ran out is done again by whoever is told of the event again; what was
being posted is looked up on the platform, and left alone where that can't be told; what is done stays done.

`claims` has the types, `memory` the same without a database, `database` opens one (`sqlite`, `postgres`, and `migrations` by
Alembic), `events` keeps claims in it, and `keeper` puts them together: it goes on in memory when the database can't be used.
"""
