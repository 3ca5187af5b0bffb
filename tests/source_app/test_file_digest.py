import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from source_app.file_digest import PENDING_MAX, FileDigest


@given(st.lists(st.binary(max_size=200), max_size=40))
def test_it_is_the_size_and_digest_of_the_whole(chunks: list[bytes]) -> None:
    with ThreadPoolExecutor(1) as beside:
        digest = FileDigest(beside)
        for chunk in chunks:
            digest.update(chunk)
        assert digest.hexdigest() == hashlib.sha256(b"".join(chunks)).hexdigest()
        assert digest.size == sum(map(len, chunks))


def test_files_one_after_another_share_the_thread_and_nothing_else() -> None:
    with ThreadPoolExecutor(1) as beside:
        first, second = FileDigest(beside), FileDigest(beside)
        first.update(b"1")
        second.update(b"2")
        assert first.hexdigest() == hashlib.sha256(b"1").hexdigest()
        assert second.hexdigest() == hashlib.sha256(b"2").hexdigest()


def test_a_slow_hash_holds_the_sender_up_instead_of_filling_the_memory() -> None:
    going_on, taken = threading.Event(), threading.Semaphore(0)
    with ThreadPoolExecutor(1) as beside:
        beside.submit(going_on.wait, 10)
        digest = FileDigest(beside)

        def send() -> None:
            for _ in range(PENDING_MAX * 3):
                digest.update(b"x")
                taken.release()

        sender = threading.Thread(target=send)
        sender.start()
        for _ in range(PENDING_MAX):
            assert taken.acquire(timeout=10)
        assert not taken.acquire(timeout=0.1)
        going_on.set()
        sender.join(10)
        assert digest.hexdigest() == hashlib.sha256(b"x" * PENDING_MAX * 3).hexdigest()
