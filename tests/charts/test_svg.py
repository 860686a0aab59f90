import pytest

from heartland.charts.svg import ALLOWED_ELEMENTS, clean_svg, colour_classes
from heartland.charts.theme import LIGHT, Palette

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


def clean(inner, label="a picture", classes=None):
    return clean_svg(f"{OPEN}{inner}</svg>", prefix="f1-", label=label, classes=classes or {})


def body(inner, **more):
    shown = clean(inner, **more)
    assert shown.startswith('<svg role="img" aria-label="a picture" viewBox="0 0 9 9">')
    return shown.removeprefix('<svg role="img" aria-label="a picture" viewBox="0 0 9 9">').removesuffix(
        "</svg>"
    )


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<foreignObject><p>x</p></foreignObject>",
        "<style>*{fill:red}</style>",
        '<image href="http://a.example/x.png"/>',
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<use xlink:href="http://a.example/x.svg#a"/>',
        "<animate/>",
        '<iframe src="x"/>',
        '<set attributeName="onload" to="alert(1)"/>',
        '<path display="none" d="M0,0h1"/>',
        '<path d=""/>',
    ],
)
def test_what_is_not_a_shape_or_a_word_is_dropped(inner):
    assert body(inner) == ""


@pytest.mark.parametrize(
    "attribute",
    [
        'onload="alert(1)"',
        'onclick="x"',
        'style="fill:url(http://a.example)"',
        'href="#a"',
        'class="x"',
        'fill="url(http://a.example/x)"',
        'fill="url(javascript:alert(1))"',
        'stroke="expression(alert(1))&lt;"',
        'filter="url(#f)"',
        'tabindex="0"',
        'aria-label="x"',
    ],
)
def test_attributes_outside_the_list_are_dropped(attribute):
    assert body(f'<rect {attribute} width="3"/>') == '<rect width="3"></rect>'


def test_words_are_escaped_again():
    assert body('<text>&lt;script&gt; &amp; "quotes"</text>') == '<text>&lt;script&gt; &amp; "quotes"</text>'
    assert 'aria-label="&lt;b&gt; &quot;x&quot;"' in clean("", label='<b> "x"')


def test_ids_are_made_unique_and_references_follow():
    shown = body(
        '<defs><clipPath id="c"><rect width="1"/></clipPath></defs><g clip-path="url(#c)"><text>x</text></g>'
    )
    assert '<clipPath id="f1-c">' in shown
    assert '<g clip-path="url(#f1-c)">' in shown


def test_colours_get_classes_and_keep_their_value():
    palette = Palette.from_rows([{"actor": "A", "light": "#132786", "dark": "#5A76C4", "dash": "solid"}])
    classes = colour_classes(LIGHT, palette)
    shown = body(f'<rect width="1" fill="#132786" stroke="{LIGHT.ink}"/>', classes=classes)
    assert shown == f'<rect width="1" fill="#132786" stroke="{LIGHT.ink}" class="f-p-A s-ink"></rect>'


def test_an_actor_id_that_is_no_class_name_gets_none():
    palette = Palette({'"><script>': "#132786"}, {}, {})
    assert "#132786" not in colour_classes(LIGHT, palette)


def test_long_fractions_are_cut_to_hundredths():
    shown = body('<path d="M0.123456,1.5L2.999999,1e-7" transform="translate(0,0)"/>')
    assert shown == '<path d="M0.12,1.5L3,0"></path>'


def test_groups_without_content_disappear():
    assert body('<g transform="translate(1,1)"><g><path d=""/></g></g>') == ""
    assert body("<g><g><text>x</text></g></g>") == "<text>x</text>"


@pytest.mark.parametrize(
    "text", ['<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "<svg><![CDATA[x]]></svg>", "<p>x</p>", "<svg>"]
)
def test_other_documents_are_refused(text):
    with pytest.raises((ValueError, SyntaxError)):
        clean_svg(text, prefix="x-", label="x", classes={})


def test_the_list_of_elements_holds_nothing_active():
    assert not ALLOWED_ELEMENTS & {"script", "style", "foreignObject", "image", "use", "a", "animate", "set"}
