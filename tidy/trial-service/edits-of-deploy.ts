import type { Edit } from './edits.js';

const settings = (pairs: readonly string[], indent = '      ') => pairs.map((pair) => `${indent}- ${pair}\n`).join('');

/** What has to know of a service in containers and in Kubernetes. */
export const deployEdits: readonly Edit[] = [
  {
    path: 'compose.yaml',
    why: 'its container; its database, and its name for the server; where the gateway finds it',
    put: [
      {
        before: "  # Binance's protocol with made-up prices;",
        text: `  trial:
    <<: *service
    profiles: [whole]
    build: { context: ., args: { SERVICE: trial } }
    image: tickfolio/trial:0.1.0
    environment:
      <<: *traces
      ENV: \${ENV:-production}
      LOG_LEVEL: \${LOG_LEVEL:-info}
      GRPC_PORT: "50090"
      POSTGRES_HOST: postgres-trial
      POSTGRES_PORT: "5432"
      POSTGRES_USER: trial_service
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:?is not set; see .env.example}
      POSTGRES_DB: trial_service
      BROKERS: kafka:9092
    healthcheck: { <<: *health, test: [CMD, node, lib/dist/health/main.js, "grpc://127.0.0.1:50090/trial.v1.TrialService"] }
    mem_limit: 128m
    depends_on:
      postgres-core: { condition: service_healthy }
      kafka: { condition: service_started }

`,
      },
      {
        after: '  postgres-core:\n    <<: *server\n    profiles: [whole]\n',
        text: '    networks: { crypto-network: { aliases: [postgres-trial] } }\n',
      },
      { after: 'DATABASES: "', text: 'trial_service' },
      {
        after: '      AUTH_SERVICE_ADDR: authorization-service:50051\n',
        text: '      TRIAL_SERVICE_ADDR: trial:50090\n',
      },
    ],
  },
  {
    path: 'deploy/kubernetes/base/kustomization.yaml',
    why: 'its manifest and settings; where the gateway finds it',
    put: [
      { after: '  - dashboard.yaml\n', text: '  - trial.yaml\n' },
      { after: '      - AUTH_SERVICE_ADDR=auth:50051\n', text: '      - TRIAL_SERVICE_ADDR=trial:50090\n' },
      {
        before: '  - name: dashboard-settings\n',
        text: `  - name: trial-settings\n    literals:\n${settings([
          'ENV=production',
          'LOG_LEVEL=info',
          'GRPC_PORT=50090',
          'METRICS_ADDR=:9490',
          'POSTGRES_HOST=postgres-trial',
          'POSTGRES_PORT=5432',
          'POSTGRES_DB=trial_service',
          'BROKERS=kafka:9092',
        ])}`,
      },
    ],
  },
  {
    path: 'deploy/kubernetes/components/grpc-tls/kustomization.yaml',
    why: 'its certificate',
    put: [
      {
        after: 'configMapGenerator:\n',
        text: `  - name: trial-settings\n    behavior: merge\n    literals:\n${settings([
          'GRPC_TLS_CA=/etc/grpc-tls/ca.crt',
          'GRPC_TLS_CERT=/etc/grpc-tls/tls.crt',
          'GRPC_TLS_KEY=/etc/grpc-tls/tls.key',
        ])}`,
      },
      { after: 'name: bff|auth|socket|aggregator', text: '|trial' },
      {
        before: '  - target: { kind: Deployment, name: auth }\n',
        text: `  - target: { kind: Deployment, name: trial }
    patch: |
      - op: add
        path: /spec/template/spec/volumes/-
        value: { name: grpc-tls, secret: { secretName: grpc-tls-trial, defaultMode: 288 } }
`,
      },
    ],
  },
  {
    path: 'deploy/kubernetes/overlays/local/kustomization.yaml',
    why: 'its settings and the password of its database on a cluster of one machine',
    put: [
      {
        after: 'configMapGenerator:\n',
        text: '  - name: trial-settings\n    behavior: merge\n    literals: [ENV=local]\n',
      },
      { after: 'secretGenerator:\n', text: '  - name: postgres-trial\n    envs: [postgres.example.env]\n' },
    ],
  },
];
