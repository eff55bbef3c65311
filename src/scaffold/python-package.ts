import { isWindowsDevice } from './windows-device.ts';

/** The Python package of a service. One that would hide a module which the service needs, or cannot be imported, gets a suffix. */
export function pythonPackage(name: string): string {
  const snake = name.replaceAll('-', '_');
  return reserved.has(snake) || isWindowsDevice(snake) ? `${snake}_service` : snake;
}

/** Keywords and modules of the standard library, Python 3.11 to 3.15; modules of the packages a service is locked to; its own folders. */
const reserved: ReadonlySet<string> = new Set(
  `
  abc aifc and annotationlib antigravity argparse array as assert ast async asynchat asyncio asyncore atexit
  audioop await base64 bdb binascii bisect break builtins bz2 calendar case cgi cgitb chunk class cmath cmd
  code codecs codeop collections colorsys compileall compression concurrent configparser contextlib
  contextvars continue copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal def del difflib
  dis distutils doctest elif else email encodings ensurepip enum errno except faulthandler fcntl filecmp
  fileinput finally fnmatch for fractions from ftplib functools gc genericpath getopt getpass gettext glob
  global graphlib grp gzip hashlib heapq hmac html http idlelib if imaplib imghdr imp import importlib in
  inspect io ipaddress is itertools json keyword lambda lib2to3 linecache locale logging lzma mailbox mailcap
  marshal match math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nonlocal not
  nt ntpath nturl2path numbers opcode operator optparse or os ossaudiodev pass pathlib pdb pickle pickletools
  pipes pkgutil platform plistlib poplib posix posixpath pprint profile profiling pstats pty pwd py_compile
  pyclbr pydoc pydoc_data pyexpat queue quopri raise random re readline reprlib resource return rlcompleter
  runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket
  socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct
  subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test textwrap
  this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc try tty turtle
  turtledemo type types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser while
  winreg winsound with wsgiref xdrlib xml xmlrpc yield zipapp zipfile zipimport zlib zoneinfo
  annotated_doc annotated_types anyio certifi click fastapi h11 httpcore httpx idna opentelemetry
  prometheus_client pydantic pydantic_core starlette typing_extensions typing_inspection uvicorn
  ast_serialize colorama iniconfig librt mypy mypy_extensions mypyc packaging pathspec pip pluggy py pygments
  pytest ruff setuptools src tests
`.match(/\w+/g),
);
