"""Web pages by their address: fetched when somebody asks for it, kept in the index folder, indexed like a file."""
