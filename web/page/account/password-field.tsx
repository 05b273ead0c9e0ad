import { type Ref, useState } from 'react';
import { Field } from '../kit/field.js';
import { maxTypedLength } from '../security/typed-length.js';
import { useSecurityText } from '../text/security/use-security-text.js';

interface PasswordFieldProps {
  readonly label: string;
  readonly name: string;
  readonly isNew: boolean;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly ref?: Ref<HTMLInputElement>;
}

/** A password, which can be looked at while it is typed. */
export const PasswordField = ({ label, name, isNew, hint, fault, ref }: PasswordFieldProps) => {
  const own = useSecurityText();
  const [visible, setVisible] = useState(false);
  return (
    <Field
      {...(ref ? { ref } : {})}
      label={label}
      name={name}
      type={visible ? 'text' : 'password'}
      autoComplete={isNew ? 'new-password' : 'current-password'}
      maxLength={maxTypedLength}
      hint={hint}
      fault={fault}
      tail={
        <button
          type="button"
          className="button quiet small"
          aria-pressed={visible}
          onClick={() => setVisible(!visible)}
        >
          {visible ? own.hidePassword : own.showPassword}
        </button>
      }
    />
  );
};
