using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Staff;

public sealed record ClassesBody(string[] Classes);

public sealed record RolesBody(Role[] Roles);

public sealed record PersonView(Guid Id, string Name, Role[] Roles, string[] Classes)
{
    public static PersonView Of(StaffMember it) => new(it.Id, it.Name, it.Roles, it.Classes);
}

/// <param name="Roles">In force for this token.</param>
public sealed record MeView(Guid Id, Guid School, IReadOnlyList<Role> Roles, Guid? Device, Channel? Channel);

/// <summary>Who works at the school.</summary>
public static class StaffEndpoints
{
    public static void MapStaff(this RouteGroupBuilder api)
    {
        var staff = api.MapGroup("/").WithTags("Staff");
        staff.MapGet("/staff", ListAsync);
        staff.MapPut("/staff/{id:guid}", PutAsync).Produces<PersonView>();
        staff.MapPut("/staff/{id:guid}/roles", PutRolesAsync).Produces<PersonView>();
        staff.MapGet("/me", Me);
    }

    private static async Task<Page<PersonView>> ListAsync(Caller caller, PageAsked page, StaffAdmin admin, CancellationToken cancel) =>
        Page.Of(page, await admin.ListAsync(caller.Act, page.AfterId(), page.Limit + 1, cancel), row => row.Id, PersonView.Of);

    private static Task<IResult> PutAsync(Guid id, Write<ClassesBody> write, StaffAdmin admin, CancellationToken cancel) =>
        write.AnswerAsync(
            act => admin.SetClassesAsync(act, id, write.Body.Classes, cancel),
            async (act, person) => PersonView.Of(await admin.ShowAsync(act, person, cancel)));

    private static Task<IResult> PutRolesAsync(Guid id, Write<RolesBody> write, StaffAdmin admin, CancellationToken cancel) =>
        write.AnswerAsync(
            act => admin.SetRolesAsync(act, id, write.Body.Roles, cancel),
            async (act, person) => PersonView.Of(await admin.ShowAsync(act, person, cancel)));

    private static MeView Me(Caller caller) =>
        new(caller.Act.By.Person, caller.Act.SchoolId, caller.Act.By.Roles, caller.Act.By.DeviceId, caller.Act.By.Channel);
}
