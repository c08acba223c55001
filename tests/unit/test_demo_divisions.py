"""How the demo city's communities and grids are allotted at every scale."""

import pytest

from gezhi.demo.article import ARTICLE, scaled
from gezhi.demo.divisions import COUNTIES, SUPER_LARGE_GRIDS, URBAN_MAX_GRIDS, plan_divisions, shares


@pytest.mark.parametrize("scale", [0.01, 0.02, 0.033, 0.05, 0.1, 0.25, 0.5, 0.77, 1.0])
def test_grids_are_exact_at_every_scale(scale):
    counties = plan_divisions(scale)
    figures = ARTICLE.at(scale)
    per_county = {county.code: sum(c.grids for c in county.communities) for county in counties}
    assert list(per_county) == list(COUNTIES)
    assert sum(per_county.values()) == figures.grid_workers
    assert per_county["420602"] == figures.grid_workers_xiangcheng
    communities = [community for county in counties for community in county.communities]
    assert sum(community.super_large for community in communities) == figures.super_large_communities
    assert all(c.grids == SUPER_LARGE_GRIDS for c in communities if c.super_large)
    assert all(1 <= c.grids <= URBAN_MAX_GRIDS for c in communities if not c.super_large)


def test_the_whole_city_has_every_street_and_community():
    counties = plan_divisions(1.0)
    assert sum(len(county.streets) for county in counties) == 130
    communities = [community for county in counties for community in county.communities]
    assert len({community.code for community in communities}) == 2_817
    assert all(community.name.endswith(("社区", "村")) for community in communities)


@pytest.mark.parametrize("scale", [0.0, 0.009, 1.01, -1.0])
def test_other_scales_are_refused(scale):
    with pytest.raises(ValueError, match="the scale must be between"):
        plan_divisions(scale)


def test_figures_shrink_to_at_least_one():
    assert scaled(38, 0.01) == 1
    assert scaled(527, 0.1) == 53
    assert scaled(4_737, 1.0) == 4_737


def test_shares_add_up():
    assert shares(10, [1.0, 1.0, 1.0]) == [4, 3, 3]
    assert shares(3, [0.0, 5.0]) == [0, 3]
    assert shares(0, [1.0, 2.0]) == [0, 0]
