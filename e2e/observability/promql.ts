import { parser } from '@prometheus-io/lezer-promql';

export interface PromQl {
  /** Where the text is no PromQL. */
  readonly faults: readonly string[];
  /** Metrics it names. */
  readonly names: readonly string[];
  /** Patterns for names. */
  readonly patterns: readonly string[];
}

/** Reads an expression of a dashboard or an alert; Grafana's own variables stand for a duration. */
export const readPromQl = (expression: string): PromQl => {
  const text = expression.replaceAll(/\$__(rate_)?interval/g, '5m');
  const faults: string[] = [];
  const names: string[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) faults.push(`${text.slice(0, node.from)}<HERE>${text.slice(node.from)}`);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector')
        names.push(text.slice(node.from, node.to));
    },
  });
  return { faults, names, patterns: [...text.matchAll(/__name__\s*=~\s*"([^"]+)"/g)].map((match) => match[1] ?? '') };
};
