# Stand-ins for the base images that generated Dockerfiles name; parts/images.sh builds one target of this file for each.
# Real programs (Debian 13 and its Python, Node.js from its npm package, this machine's Go), laid out like the originals where a build can tell.
# Every image that downloads in a RUN step trusts the certificates and asks the registries that this machine does.

# lab.local/debian is imported from Debian's packages.
FROM lab.local/debian AS debian
COPY ca-certificates.crt /etc/ssl/certs/
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
CMD ["bash"]

# What every distroless image has: certificates, time zones, and a user with a home who is not root.
FROM debian AS static-files
RUN mkdir -p /out/etc/ssl/certs /out/usr/share /out/home/nonroot /out/root && mkdir -m 1777 /out/tmp && \
    cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ && cp -a /usr/share/zoneinfo /out/usr/share/ && \
    cp /etc/os-release /etc/nsswitch.conf /out/etc/ && chown 65532:65532 /out/home/nonroot && \
    printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >/out/etc/passwd && \
    printf 'root:x:0:\nnonroot:x:65532:\n' >/out/etc/group

FROM scratch AS static
COPY --from=static-files /out /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER 65532
WORKDIR /home/nonroot

FROM debian AS node
COPY node_modules/node-linux-*/bin/node /usr/local/bin/
COPY node_modules/npm /usr/local/lib/node_modules/npm
COPY npmrc /usr/local/etc/
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && \
    ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx && useradd --uid 1000 --create-home node
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
CMD ["node"]

FROM node AS nodejs-files
RUN mkdir -p /out/nodejs/bin && cp /usr/local/bin/node /out/nodejs/bin/ && \
    ldd /usr/local/bin/node | grep -o '/[^ ]*' | \
    while read -r library; do mkdir -p "/out$(dirname "$library")" && cp -L "$library" "/out$library"; done

FROM static AS nodejs
COPY --from=nodejs-files /out /
ENV PATH=/nodejs/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENTRYPOINT ["/nodejs/bin/node"]

FROM debian AS python
RUN apt-get -qq update && apt-get -qq -y install --no-install-recommends python3-pip >/dev/null && \
    rm -rf /var/lib/apt/lists/* && ln -s /usr/bin/python3 /usr/local/bin/python
COPY pip.conf /etc/
CMD ["python3"]

FROM python AS python-files
RUN mkdir -p /out/usr/bin /out/usr/lib && cp -a /usr/bin/python3* /out/usr/bin/ && cp -a /usr/lib/python3.13 /out/usr/lib/ && \
    { ldd /usr/bin/python3 /usr/lib/python3.13/lib-dynload/*.so; dpkg -L libc6 libgcc-s1 libstdc++6; } | \
    grep -o '/[^ :]*\.so[^ :]*' | sort -u | \
    while read -r library; do mkdir -p "/out$(dirname "$library")" && cp -L "$library" "/out$library"; done

FROM static AS python-static
COPY --from=python-files /out /
ENTRYPOINT ["/usr/bin/python3"]

FROM debian AS golang
COPY go /usr/local/go
ARG GOPROXY
ARG GOSUMDB
ENV GOPATH=/go GOTOOLCHAIN=local GOPROXY=$GOPROXY GOSUMDB=$GOSUMDB
ENV PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR /go
CMD ["bash"]
