"""A pytest plugin: processes started side by side share the test files, each file to who comes first.

UNGCUU_TEST_CLAIMS names a folder of theirs, empty at the beginning. What takes long is begun first, so that they end together.
"""
import os
import pathlib

TESTS = pathlib.Path(__file__).resolve().parent
LONG = ("test_regression.py", "test_collect.py", "test_notice.py", "test_evidence.py", "test_conditions.py")


def by_file(items):
    files = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    rank = {name: place for place, name in enumerate(LONG)}
    return sorted(files.items(), key=lambda file: rank.get(file[0].name, len(LONG)))


def claimed(folder, items):
    """Yields the tests of the files that no other process has; a file is claimed when its first test is asked for."""
    for path, tests in by_file(items):
        try:
            (folder / path.relative_to(TESTS).as_posix().replace("/", "-")).mkdir()
        except FileExistsError:
            continue
        yield from tests


def pytest_runtestloop(session):
    if session.testsfailed or session.config.option.collectonly:
        return None
    tests = claimed(pathlib.Path(os.environ["UNGCUU_TEST_CLAIMS"]), session.items)
    test = next(tests, None)
    while test is not None:
        following = next(tests, None) # what the two share is kept between them
        test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
        test = following
    return True
