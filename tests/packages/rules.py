"""rules.py FILE VERSION - what the tool that reads FILE demands of it

library.json: docs.platformio.org, manifests/library-json. clib.json: what clib
reads of it. zephyr/module.yml: the schema in Zephyr's scripts/zephyr_module.py.
"""
import json
import os
import sys

faults = []


def demand(true, fault):
    if not true:
        faults.append(fault)


def text(meta, key, longest):
    value = meta.get(key)
    demand(isinstance(value, str) and 0 < len(value) <= longest,
           f"{key}: a text of at most {longest} characters")


def only(meta, keys):
    for key in sorted(set(meta) - set(keys)):
        demand(False, f"{key}: no such field")


def files(meta, key):
    names = meta.get(key)
    demand(isinstance(names, list) and names, f"{key}: a list of files")
    for name in names or []:
        demand(os.path.isfile(name), f"{key}: there is no {name}")


def common(meta, version):
    text(meta, "name", 50)
    text(meta, "description", 255)
    text(meta, "license", 50)
    demand(meta.get("name") == "dual_lock", "name: that of every package")
    demand(meta.get("version") == version, f"version: {version}")


def library_json(meta, version):
    only(meta, ["name", "version", "description", "keywords", "homepage",
                "repository", "authors", "license", "frameworks", "platforms",
                "headers", "examples", "dependencies", "export", "scripts",
                "build"])
    common(meta, version)
    text(meta, "keywords", 255)
    files(meta, "headers")
    # Headers are looked for in include/ or src/ if there is one, else here; and
    # what is here would be compiled but for the filter.
    demand(not os.path.isdir("include") and not os.path.isdir("src"),
           "the headers are at the top")
    demand(meta["build"] == {"srcFilter": "-<*>"}, "build: no source is")


def clib_json(meta, version):
    only(meta, ["name", "version", "repo", "description", "keywords", "license",
                "src", "dependencies", "development", "install", "makefile"])
    common(meta, version)
    files(meta, "src")
    demand(all(isinstance(k, str) for k in meta["keywords"]), "keywords: texts")


def module_yml(meta, version):
    only(meta, ["name", "build", "tests", "samples", "boards", "blobs"])
    only(meta["build"], ["cmake", "kconfig", "cmake-ext", "kconfig-ext",
                         "depends", "settings"])
    text(meta, "name", 50)
    demand(os.path.isfile(os.path.join(meta["build"]["cmake"],
                                       "CMakeLists.txt")),
           "build: cmake: a directory with a CMakeLists.txt")


def main(name, version):
    with open(name) as file:
        if name.endswith(".json"):
            meta = json.load(file)
        else:
            import yaml
            meta = yaml.safe_load(file)
    rules = {"library.json": library_json, "clib.json": clib_json,
             "module.yml": module_yml}
    rules[os.path.basename(name)](meta, version)
    print("\n".join(faults))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
