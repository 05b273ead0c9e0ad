import { Link, useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { MissingPage } from '../shell/missing-page.js';
import { PageHeading } from '../shell/page-heading.js';
import { useText } from '../text/language.js';
import { DisplaySection } from './display-section.js';
import { ProfileSection } from './profile-section.js';
import { type Section, sections } from './sections.js';
import { SecuritySection } from './security-section.js';

const contents: Readonly<Record<Section, ComponentType>> = {
  profile: ProfileSection,
  security: SecuritySection,
  display: DisplaySection,
};

const isSection = (name: string): name is Section => (sections as readonly string[]).includes(name);

/** The settings, a section an address. */
export const SettingsPage = () => {
  const text = useText();
  const { section } = useParams({ from: '/settings/$section' });
  if (!isSection(section)) return <MissingPage />;
  const Content = contents[section];
  return (
    <div className="narrow">
      <nav className="section-links" aria-label={text.places.settings}>
        {sections.map((one) => (
          <Link
            key={one}
            to="/settings/$section"
            params={{ section: one }}
            aria-current={one === section ? 'page' : undefined}
          >
            {text.sections[one]}
          </Link>
        ))}
      </nav>
      <PageHeading title={text.sections[section]} />
      <Content />
    </div>
  );
};
