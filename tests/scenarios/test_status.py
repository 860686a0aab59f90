"""Words for a membership and the codes that runs hold."""

import pytest

from heartland.dynamics.organisations import FROZEN, MEMBER, OBSERVER, OUT, PARTNER
from heartland.errors import HeartlandInputError
from heartland.scenarios.status import STATUS, status_code


def test_the_words_name_the_codes_of_the_mechanisms():
    codes = [status_code(name) for name in ("out", "observer", "partner", "member", "frozen")]
    assert codes == [OUT, OBSERVER, PARTNER, MEMBER, FROZEN]
    assert len(STATUS) == 5


@pytest.mark.parametrize(("word", "hint"), [
    ("membr", "Did you mean member? Write one of out, observer, partner, member, frozen."),
    ("", "Write one of out, observer, partner, member, frozen."),
])
def test_another_word_is_refused_with_the_five(word, hint):
    with pytest.raises(HeartlandInputError) as refused:
        status_code(word)
    assert str(refused.value) == f'"{word}" is not a status. A membership is one of five. {hint}'
