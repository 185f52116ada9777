"""Which settings are worth their milliseconds: many are measured on the same questions, one is proposed."""
