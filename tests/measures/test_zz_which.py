from heartland.measures import registry, tidy
def test_w(world_l):
    for n in registry.names():
        for by in registry.get(n).by:
            if not len(tidy.table(world_l,n,by=by,draws=5)): print('EMPTY',n,by)
    assert 0
