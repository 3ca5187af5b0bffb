from crypto.labels import Label, derive
from crypto.secret import Key


def test_no_two_labels_are_alike_and_all_fit() -> None:
    labels = [label.value for label in Label]
    assert len(set(Label.__members__)) == len(set(labels)) == len(labels)
    assert all(0 < len(label) <= 16 for label in labels)
    assert all(not label.endswith(b"\0") for label in labels)  # BLAKE2b pads with zeros


def test_each_label_gives_another_key() -> None:
    derived = {derive(Key(bytes(32)), label) for label in Label}
    assert len(derived) == len(Label)
    assert derive(Key(bytes(32)), Label.TAG, b"data") not in derived
