"""Who the trajectories belong to: clients with repeats, families with siblings, and where they live.

Repeats come from random groups: rows are shuffled and cut into threes, pairs and singles. Whoever starts later in a
group is the repeat, so it is parallel help when the earlier one still runs and a re-entry when it has ended. The k-th
trajectory of a client takes the k-th product after a random first one, so a client never has one product twice, let
alone at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.sources.synthetic.truth import Flags, Floats, Ints, Truth

PRODUCTS_PHASE_1 = 4
PRODUCTS = 11
NEIGHBOURHOODS = 12
TEAMS = 8
SEXES = ("V", "M", "O")
SEX_SHARES = (0.46, 0.53, 0.01)
YOUNGEST, OLDEST = 2, 17  # age in years when the service opened; the oldest is 19 two years later, below 23


@dataclass(frozen=True)
class People:
    """Clients and families behind the trajectories, as positions from 0.

    Attributes
    ----------
    client
        Client of each trajectory.
    family, birth_year, sex
        Of each client; `sex` is a position in ``SEXES``.
    neighbourhood
        Of each client, from 0 to ``NEIGHBOURHOODS`` - 1; siblings share it.
    """

    client: Ints
    family: Ints
    birth_year: Ints
    sex: Ints
    neighbourhood: Ints


def grouped(rng: np.random.Generator, n: int, groups: int, third_share: float) -> Ints:
    """Return `n` group numbers from 0 that use each of `groups` groups, with groups of one, two or three.

    Raises
    ------
    ValueError
        When threes and pairs cannot hold that many repeats.
    """
    repeats = n - groups
    threes = int(repeats * third_share / 2)
    pairs = repeats - 2 * threes
    if repeats < 0 or 3 * threes + 2 * pairs > n:
        raise ValueError(f"{n} rows cannot fall into {groups} groups of one to three; give more groups")
    sizes = np.ones(groups, dtype=np.int64)
    sizes[:threes] = 3
    sizes[threes : threes + pairs] = 2
    found = np.empty(n, dtype=np.int64)
    found[rng.permutation(n)] = np.repeat(rng.permutation(groups), sizes)
    return found


def clients_of(truth: Truth, rng: np.random.Generator, n: int) -> Ints:
    """Return the client of each of `n` trajectories."""
    return grouped(rng, n, round(n / truth.trajectories_per_client), truth.third_share)


def clients_with_exact_count(truth: Truth, rng: np.random.Generator, in_first: Flags, clients: int) -> Ints:
    """Return the client of each trajectory, with exactly `clients` different ones among those known first.

    Of the trajectories that became known later, as many are repeats as keeps the number of trajectories per client;
    each belongs to another client who was known before.
    """
    n, known = len(in_first), int(in_first.sum())
    new = max(round(n / truth.trajectories_per_client) - clients, 0)
    found = np.empty(n, dtype=np.int64)
    found[in_first] = grouped(rng, known, clients, truth.third_share)
    later = n - known
    repeats = min(max(later - new, 0), clients)
    hosts = rng.choice(clients, size=repeats, replace=False)
    found[~in_first] = rng.permutation(np.concatenate([hosts, clients + np.arange(later - repeats)]))
    return found


def draw_people(truth: Truth, rng: np.random.Generator, client: Ints) -> People:
    """Return the people behind trajectories whose clients are known."""
    clients = int(client.max()) + 1 if len(client) else 0
    families = round(clients / truth.clients_per_family)
    family = grouped(rng, clients, families, third_share=0.2)
    age = YOUNGEST + np.floor(rng.beta(2.4, 1.8, clients) * (OLDEST + 1 - YOUNGEST)).astype(np.int64)
    sex = np.searchsorted(np.cumsum(SEX_SHARES), rng.random(clients), side="right").clip(max=len(SEXES) - 1)
    home = np.floor(NEIGHBOURHOODS * rng.beta(1.0, 1.3, families)).astype(np.int64)
    return People(client, family, truth.first_day.year - age.clip(max=OLDEST), sex, home[family])


def products(rng: np.random.Generator, client: Ints, start: Ints, phase_2: int) -> Ints:
    """Return the product of each trajectory from 0: the first four in phase 1, all eleven in phase 2.

    The k-th trajectory of a client has product (base + k) modulo the number of products of its phase. A base drawn in
    phase 1 is below four, so a client with up to four trajectories never meets one product twice, also across phases.
    """
    order = np.lexsort((start, client))
    ordered = client[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else np.array([], dtype=np.int64)
    size = np.diff(np.r_[first, len(order)])
    rank = np.arange(len(order)) - np.repeat(first, size)
    available: Floats = np.where(start[order][first] < phase_2, PRODUCTS_PHASE_1, PRODUCTS).astype(float)
    base = np.repeat(np.floor(rng.random(len(first)) * available).astype(np.int64), size)
    found = np.empty(len(client), dtype=np.int64)
    found[order] = (base + rank) % np.where(start[order] < phase_2, PRODUCTS_PHASE_1, PRODUCTS)
    return found
