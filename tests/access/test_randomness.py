from shipledger.access.randomness import Randomness


def test_no_bytes_are_handed_out_twice():
    randomness = Randomness()
    taken = [randomness.take(8) for _ in range(2000)]
    assert len(set(taken)) == 2000
    assert {len(one) for one in taken} == {8}


def test_two_sources_differ():
    assert Randomness().take(16) != Randomness().take(16)


def test_a_piece_that_does_not_fit_in_the_rest_is_whole():
    randomness = Randomness()
    randomness.take(4090)
    assert len(randomness.take(16)) == 16
