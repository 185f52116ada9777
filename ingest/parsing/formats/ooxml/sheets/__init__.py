"""Excel: number formats, styles, cells, merged cells, and what lies over a sheet."""
