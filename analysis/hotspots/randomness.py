"""Random numbers and null data sets inside compiled code: the same for a seed on every machine and thread count.

xoshiro256** seeded by splitmix64 (Blackman and Vigna), one stream for each replicate, so that replicates may be
computed in any order, repeated, or added to.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.hotspots.compiled import compiled

Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
State = npt.NDArray[np.uint64]


@compiled
def seeded(seed: int, replicate: int) -> State:
    """The generator's state for one replicate."""
    state = np.empty(4, np.uint64)
    x = np.uint64(seed) * np.uint64(0xD1342543DE82EF95) + np.uint64(replicate) * np.uint64(0x2545F4914F6CDD1D)
    for i in range(4):
        x = x + np.uint64(0x9E3779B97F4A7C15)
        z = x
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state[i] = z ^ (z >> np.uint64(31))
    return state


@compiled
def next_bits(state: State) -> Any:
    """64 random bits; moves the state on."""
    x = state[1] * np.uint64(5)
    result = ((x << np.uint64(7)) | (x >> np.uint64(57))) * np.uint64(9)
    t = state[1] << np.uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= t
    state[3] = (state[3] << np.uint64(45)) | (state[3] >> np.uint64(19))
    return result


@compiled
def below(state: State, limit: int) -> Any:
    """A whole number from 0 to limit - 1, limit below 2**32."""
    return np.int64(((next_bits(state) >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32))


@compiled
def alias_table(weights: Floats) -> tuple[Floats, Ints]:
    """Walker's alias table: draws a cell by weight in constant time."""
    n = len(weights)
    chance = weights * (n / weights.sum())
    alias = np.arange(n)
    small = np.empty(n, np.int64)
    large = np.empty(n, np.int64)
    smalls = larges = 0
    for i in range(n):
        if chance[i] < 1.0:
            small[smalls] = i
            smalls += 1
        else:
            large[larges] = i
            larges += 1
    while smalls > 0 and larges > 0:
        smalls -= 1
        lo, hi = small[smalls], large[larges - 1]
        alias[lo] = hi
        chance[hi] -= 1.0 - chance[lo]
        if chance[hi] < 1.0:
            larges -= 1
            small[smalls] = hi
            smalls += 1
    # What rounding leaves over is certain of itself.
    for i in range(smalls):
        chance[small[i]] = 1.0
    for i in range(larges):
        chance[large[i]] = 1.0
    return chance, alias


@compiled
def draw_by_weight(state: State, chance: Floats, alias: Ints, cases: int, out: Counts) -> None:
    """Cases thrown at cells by weight: multinomial. `out` is flat and is filled anew."""
    out[:] = 0
    n = len(chance)
    for _ in range(cases):
        cell = below(state, n)
        if (next_bits(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0) >= chance[cell]:
            cell = alias[cell]
        out[cell] += 1


@compiled
def draw_from_people(state: State, people: Ints, cases: int, out: Counts, tree: Ints) -> None:
    """Cases drawn from people without putting back: multivariate hypergeometric, through a tree of sums."""
    n = len(people)
    out[:] = 0
    tree[:] = 0
    total = 0
    for i in range(n):
        total += people[i]
        tree[i + 1] += people[i]
        parent = (i + 1) + ((i + 1) & -(i + 1))
        if parent <= n:
            tree[parent] += tree[i + 1]
    top = 1
    while top * 2 <= n:
        top *= 2
    for _ in range(cases):
        rest = below(state, total)
        position = 0
        step = top
        while step > 0:
            if position + step <= n and tree[position + step] <= rest:
                position += step
                rest -= tree[position]
            step //= 2
        out[position] += 1
        total -= 1
        node = position + 1
        while node <= n:
            tree[node] -= 1
            node += node & -node


@compiled
def shuffle_days(state: State, case_area: Ints, case_day: Ints, first_day: int, days: int, out: Counts) -> None:
    """Dates shuffled over cases, areas kept: the null of the permutation scan. `case_day` is shuffled in place.

    It must be in the same order at the start of each replicate, or the result depends on which came before.
    """
    out[:] = 0
    for i in range(len(case_day) - 1, 0, -1):
        j = below(state, i + 1)
        case_day[i], case_day[j] = case_day[j], case_day[i]
    for i in range(len(case_day)):
        day = case_day[i] - first_day
        if day >= 0:
            out[case_area[i] * days + day] += 1
