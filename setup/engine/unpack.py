"""unpack.py FOLDER PATTERN|PATTERN... WHEEL...: unpacks those files of the wheels that match a pattern."""

import fnmatch
import os
import sys
import zipfile

folder, patterns, *wheels = sys.argv[1:]
patterns = patterns.split("|")
for wheel in wheels:
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if any(fnmatch.fnmatchcase(entry.filename, pattern) for pattern in patterns):
                path = archive.extract(entry, folder)
                mode = entry.external_attr >> 16
                if mode & 0o111 and not entry.is_dir():
                    os.chmod(path, 0o755)
