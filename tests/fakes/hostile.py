"""Markup that a text may hold and that must stay text."""

MARKUP = [
    "![x](http://evil.example/x.png)",
    "![x][1]\n\n[1]: http://evil.example/x.png",
    "[x](javascript:alert(1)) [y](data:text/html,hi) [z](file:///etc/passwd)",
    "<http://evil.example> https://evil.example www.evil.example me@evil.example",
    "<img src=http://evil.example/x.png> <script>alert(1)</script> <style>@import 'http://evil.example'</style>",
    "<div style='background:url(http://evil.example)'>\n\n</div>",
    "&lt;img src=x&gt; &#60;img src=x&#62;",
    "`<img src=x>`\n\n```<img src=x>\n<img src=x>\n```",
    "| a | b |\n|---|---|\n| <img src=x> | ![x](http://evil.example) |",
    "[1](http://evil.example) [[1]](http://evil.example)",
    ":material/home: :red[x] $x$ :smile:",
]
