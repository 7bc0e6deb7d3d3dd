# Everything that builds: the compiler, development packages, sources.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json prisma.config.ts tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY store/prisma ./store/prisma
# Packages change less often than sources: a layer of their own.
RUN npm ci --ignore-scripts
COPY . .
RUN npm rebuild && npm run prepare && npm prune --omit=dev --ignore-scripts

# Only what runs.
FROM node:24-bookworm-slim
# Temporal Cloud and mail servers are reached by TLS.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/store/prisma ./store/prisma
COPY --from=build /app/playbooks ./playbooks
USER node
EXPOSE 3000
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["server", "--host", "0.0.0.0", "--port", "3000"]
