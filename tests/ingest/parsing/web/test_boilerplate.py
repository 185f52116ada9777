"""Menus, banners and lists of links stay out of a page's text; whatever says something stays in."""

from __future__ import annotations

LINKS = "".join(f"<li><a href='/{i}'>Page {i}</a></li>" for i in range(6))


def test_menus_banners_and_lists_of_links_are_left_out(parsed) -> None:
    page = (
        f"<header><ul>{LINKS}</ul></header><nav><a href=/>Home</a></nav><div class=breadcrumb><a href=/>Home</a> &gt; Pumps</div>"
        "<div id=cookie-banner><p>We use cookies.</p><button>Accept</button></div>"
        f"<div class='sidebar'><ul>{LINKS}</ul></div><main><h1>Pump</h1><p>It runs at 40 bar.</p></main>"
        f"<aside><h3>Related</h3><ul>{LINKS}</ul></aside><footer><ul>{LINKS}</ul><p>Call 02-1234-5678</p></footer>"
    )
    assert parsed("a.html", page).text == "Pump\n\nIt runs at 40 bar.\n\nCall 02-1234-5678"


def test_a_sidebar_with_a_table_a_list_of_contents_and_a_recipe_for_cookies_stay(parsed) -> None:
    page = (
        "<aside class=sidebar><table><tr><th>Model<th>Bar<tr><td><a href=/1>GX-19</a><td>40</table></aside>"
        f"<main><h1>Pumps</h1><ul>{LINKS}</ul><div class=cookies><p>Bake the cookies for 12 minutes.</p></div></main>"
        "<div class=menu><p>Soup of the day: 4,500 won, with bread and butter.</p></div>"
    )
    text = parsed("a.html", page).text
    assert "| GX-19 | 40 |" in text
    assert "- Page 5" in text
    assert "12 minutes" in text
    assert "4,500 won" in text
