"""Word, PowerPoint and Excel: parts of XML in a zip package."""
