"""The index kept current: folders watched, and the notes of the programs that do so."""
