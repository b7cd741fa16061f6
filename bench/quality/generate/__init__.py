"""Documents whose truth is known, of kinds the public corpus has few of. The same seed gives the same documents."""
