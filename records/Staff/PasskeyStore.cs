using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>
/// What ASP.NET Core Identity reads while it checks a passkey. It writes nothing here: passkeys are kept by <see cref="Passkeys"/>, with
/// their audit entries, and people by <see cref="StaffAdmin"/>.
/// </summary>
public sealed class PasskeyStore(RecordsDb db) : IUserPasskeyStore<StaffMember>
{
    public Task<StaffMember?> FindByIdAsync(string userId, CancellationToken cancellationToken) => Guid.TryParse(userId, out var id)
        ? db.Staff.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.LeftAt == null, cancellationToken)
        : Task.FromResult<StaffMember?>(null);

    public Task<StaffMember?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) => db.Staff.AsNoTracking()
        .SingleOrDefaultAsync(row => row.LeftAt == null && db.Passkeys.Any(key => key.CredentialId == credentialId && key.StaffId == row.Id), cancellationToken);

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(StaffMember user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await db.Passkeys.AsNoTracking().SingleOrDefaultAsync(key => key.CredentialId == credentialId && key.StaffId == user.Id, cancellationToken))?.Info();

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(StaffMember user, CancellationToken cancellationToken) =>
        [.. (await db.Passkeys.AsNoTracking().Where(key => key.StaffId == user.Id).ToListAsync(cancellationToken)).Select(key => key.Info())];

    public Task<string> GetUserIdAsync(StaffMember user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(StaffMember user, CancellationToken cancellationToken) => Task.FromResult(user.SignInName);

    public Task<StaffMember?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<string?> GetNormalizedUserNameAsync(StaffMember user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task SetUserNameAsync(StaffMember user, string? userName, CancellationToken cancellationToken) => throw Elsewhere();

    public Task SetNormalizedUserNameAsync(StaffMember user, string? normalizedName, CancellationToken cancellationToken) => throw Elsewhere();

    public Task AddOrUpdatePasskeyAsync(StaffMember user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw Elsewhere();

    public Task RemovePasskeyAsync(StaffMember user, byte[] credentialId, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> CreateAsync(StaffMember user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> UpdateAsync(StaffMember user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> DeleteAsync(StaffMember user, CancellationToken cancellationToken) => throw Elsewhere();

    public void Dispose()
    {
        // The context belongs to the request.
    }

    private static NotSupportedException Elsewhere() => new("People and their passkeys are written by the operations of records/Staff.");
}
