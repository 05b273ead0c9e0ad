import { Link, useParams } from '@tanstack/react-router';
import { samples } from './samples.js';

const all = Object.entries(samples);

/** One part by itself, or all of them. */
export const SamplePage = () => {
  const { part } = useParams({ strict: false }) as { readonly part?: string };
  const shown = part === undefined ? all : all.filter(([name]) => name === part);
  return (
    <main id="content" className="samples">
      <h1>{part ?? 'Parts of the page'}</h1>
      <ul>
        {all.map(([name]) => (
          <li key={name}>
            <Link to={`/kit/${name}` as '/'}>{name}</Link>
          </li>
        ))}
      </ul>
      {shown.map(([name, Sample]) => (
        <section key={name} className="card sample" aria-label={name} data-sample={name}>
          <Sample />
        </section>
      ))}
    </main>
  );
};
