// Node has this class; the package brings the deprecated punycode module along.
module.exports = { URL, URLSearchParams };
