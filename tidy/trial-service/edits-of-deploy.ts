import type { Edit } from './edits.js';

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
        after: 'aliases: [postgres-portfolio',
        text: ', postgres-trial',
      },
      { after: 'DATABASES: "portfolio_service', text: ' trial_service' },
      {
        after: '      AUTH_SERVICE_ADDR: authorization-service:50051\n',
        text: '      TRIAL_SERVICE_ADDR: trial:50090\n',
      },
    ],
  },
  {
    path: 'deploy/kubernetes/base/kustomization.yaml',
    why: 'its manifest and settings, since kustomize finds no folder by itself',
    put: [{ after: '  - ../services/dashboard\n', text: '  - ../services/trial\n' }],
  },
];
