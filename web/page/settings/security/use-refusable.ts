import { useRef, useState } from 'react';

/** A field, and what is wrong with what stands in it: who is told so goes on there. */
export const useRefusable = () => {
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<string>();
  const refuse = (words: string) => {
    setFault(words);
    input.current?.focus();
  };
  return { input, fault, refuse, forget: () => setFault(undefined) };
};
