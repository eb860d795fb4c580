"""Discord: a client, cards of Components V2, buttons that outlive the process."""
