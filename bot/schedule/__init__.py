"""When something is due: plans, time zones and local days. It knows no channel and no database."""
