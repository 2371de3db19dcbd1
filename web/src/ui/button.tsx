import type { ButtonHTMLAttributes, ReactNode } from 'react';
import css from './button.module.css';

export type ButtonLook = 'plain' | 'primary' | 'danger' | 'bare';

type Props = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> & {
  look?: ButtonLook;
  small?: boolean;
  children: ReactNode;
};

/** A button that does something here; what leads elsewhere is a link. */
export function Button({ look = 'plain', small = false, type = 'button', ...rest }: Props) {
  return <button type={type} className={buttonClass(look, small)} {...rest} />;
}

/** For links that look like buttons. */
export const buttonClass = (look: ButtonLook = 'plain', small = false): string =>
  [css['button'], look !== 'plain' && css[look], small && css['small']].filter(Boolean).join(' ');
