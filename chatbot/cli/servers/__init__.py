"""The commands that go on until they are stopped: the page, and the interface for programs."""
