using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>P24: eight or more characters with a digit or special character is the floor.</summary>
internal static class Passwords
{
    private const int Shortest = 8;
    private const int Longest = 200;

    /// <exception cref="Refusal"><c>weak-password</c> 422.</exception>
    public static void Check(string? password, string signInName)
    {
        if (password is null || password.Length < Shortest || password.All(char.IsLetter))
            throw Weak("A password has at least 8 characters, one of them a digit or a special character.");
        if (password.Length > Longest) throw Weak("A password has at most 200 characters.");
        if (password.Contains(signInName, StringComparison.OrdinalIgnoreCase)) throw Weak("Please leave your name out of the password.");
        if (password.Distinct().Count() < 4) throw Weak("Please use more different characters.");
    }

    private static Refusal Weak(string sentence) => new("weak-password", 422, sentence);
}
