"""The binary formats of Office before 2007, and XLSB: Word, PowerPoint, Excel."""
