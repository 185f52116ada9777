"""Questions of programs: asked and read in threads, sent as they come, remembered for a while."""
